/** The home page: the map, and the commune's field. */
import "../style/home.css";
import "../map_element";
import "../place_field";
