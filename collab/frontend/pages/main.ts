/** What every page loads: the visual language and the live bell. */
import "../style/main.css";
import "../text_en";
