import { addEnglish } from "@collab/text";

addEnglish({
  "Notifications": "Notifications",
  "Notifications, %(n)s non lues": "Notifications, %(n)s unread",
  "Tout marquer lu": "Mark all as read",
  "Fermer": "Close",
  "Rien pour l’instant. Rejoignez un groupe, et ses nouvelles arriveront ici.":
    "Nothing yet. Join a group, and its news will arrive here.",
  "Toutes les notifications": "All notifications",
  "Non lue :": "Unread:",
  "Marquer comme lue : %(sentence)s": "Mark as read: %(sentence)s",
  "%(n)s nouvelles notifications": "%(n)s new notifications",
  "%(who)s rejoint « %(group)s »": "%(who)s joins “%(group)s”",
  "Nouvel événement de « %(group)s » : %(event)s, %(when)s": "New event of “%(group)s”: %(event)s, %(when)s",
  "Près de chez vous : %(event)s à %(commune)s, %(when)s": "Near you: %(event)s in %(commune)s, %(when)s",
  "%(who)s vous mentionne dans « %(document)s »": "%(who)s mentions you in “%(document)s”",
  "L’assemblée « %(assembly)s » est ouverte": "The assembly “%(assembly)s” is open",
  "Un vote est ouvert : %(question)s": "A vote is open: %(question)s",
  "Du nouveau pour vous": "Something new for you",
});
