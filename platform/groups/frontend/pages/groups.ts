/** Pages of groups: the map, and the commune's suggestions. */
import "@collab/map_element";
import "@collab/place_field";
import "../style/groups.css";
