/** English of the shared elements. */
import { addEnglish } from "./text";

addEnglish({
  "Hors ligne": "Offline",
  "Reconnecté": "Connected again",
  "Reconnexion…": "Reconnecting…",
});
