/** The list of documents, and the form that makes one. */
import "../style/documents.css";
