import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/home.css";
import "./styles/build.css";
import "./styles/train.css";
import "./styles/predict.css";
import "./styles/datasets.css";
import "./styles/access.css";
import { render } from "preact";
import { takeToken } from "./access/link";
import { Shell } from "./shell/Shell";

takeToken();
const root = document.getElementById("page");
if (root) render(<Shell />, root);
