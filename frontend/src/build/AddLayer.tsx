import type { Description } from "../api/openapi";
import { t } from "../texts/texts";
import { addLayer } from "./draft";
import { newLayer } from "./spec";

export function AddLayer({ description }: { description: Description }) {
  return (
    <div class="row">
      <span class="small quiet">{t("build.add")}</span>
      {description
        .variants("Layer")
        .filter(({ name }) => name !== "embedding")
        .map(({ name }) => (
          <button type="button" onClick={() => addLayer(newLayer(name))}>
            + {name}
          </button>
        ))}
    </div>
  );
}
