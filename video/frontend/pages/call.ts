/** A call alone on its page. */
import "../call_element";
