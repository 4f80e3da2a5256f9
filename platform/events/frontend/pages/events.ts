/** Pages of events: the map, the commune's suggestions, and an end that follows the start. */
import "@collab/map_element";
import "@collab/place_field";
import { endFollowsStart } from "../event_form";
import "../../../groups/frontend/style/groups.css";
import "../style/events.css";

const form = document.querySelector<HTMLFormElement>("[data-event-form]");
if (form) endFollowsStart(form);
