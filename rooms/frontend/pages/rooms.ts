/** Lists and forms of rooms: only their look. */
import "../style/rooms.css";
