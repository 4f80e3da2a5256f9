/** Pages that ask for a commune and do nothing else. */
import "@collab/place_field";
