/** English of documents. */
import { addEnglish } from "@collab/text";

addEnglish({});
