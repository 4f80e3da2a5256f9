/** What every page loads: the visual language and the shell's behaviour. */
import "../style/main.css";
import "../text_en";
import "../connection_element";
import "../relative_time";
import "@notifications/bell";
import { closeMenus } from "../menu";
import { askBeforeSubmit } from "../sheet";
import { prepareToasts } from "../toast";

closeMenus(document);
askBeforeSubmit(document);
prepareToasts();
