/** English of the shared elements. */
import { addEnglish } from "./text";

addEnglish({
  Annuler: "Cancel",
  Confirmer: "Confirm",
  Fermer: "Close",
  "Hors ligne": "Offline",
  Recharger: "Reload",
  "Vous êtes déconnecté·e.": "You are signed out.",
  "Vous êtes déconnecté·e : rechargez la page.": "You are signed out: reload the page.",
  "Reconnecté": "Connected again",
  "Reconnexion…": "Reconnecting…",
});
