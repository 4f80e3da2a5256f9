/** English of the shared elements. */
import { addEnglish } from "./text";

addEnglish({
  "%(n)s communes proposées": "%(n)s communes suggested",
  "%(n)s lieux ici": "%(n)s places here",
  Annuler: "Cancel",
  "Aucune commune": "No commune",
  Carte: "Map",
  Communes: "Communes",
  Confirmer: "Confirm",
  Fermer: "Close",
  "La carte en liste (%(n)s)": "The map as a list (%(n)s)",
  "Hors ligne": "Offline",
  Recharger: "Reload",
  "Vous êtes déconnecté·e.": "You are signed out.",
  "Vous êtes déconnecté·e : rechargez la page.": "You are signed out: reload the page.",
  "et %(n)s de plus : zoomez": "and %(n)s more: zoom in",
  "Reconnecté": "Connected again",
  "Reconnexion…": "Reconnecting…",
});
