/** English of the shared elements. */
import { addEnglish } from "./text";

addEnglish({
  Annuler: "Cancel",
  Confirmer: "Confirm",
  Fermer: "Close",
  "Hors ligne": "Offline",
  "Reconnecté": "Connected again",
  "Reconnexion…": "Reconnecting…",
});
