import { useEffect, useRef } from "preact/hooks";
import { connected } from "../api/connection";
import { t } from "../texts/texts";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { LazyPage } from "./LazyPage";
import { Missing } from "./Missing";
import { PAGES } from "./pages";
import { match, route, routePath } from "./router";

/** The page around the pages: header, what is asked for, footer; and a word while the service is away. */
export function Shell() {
  const path = routePath.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const found = PAGES.map((entry) => ({ ...entry, params: match(entry.pattern, path) })).find((entry) => entry.params);
  const title = found ? t(found.title) : t("nav.missing");
  const name = found?.params?.network ?? found?.params?.dataset;

  useEffect(() => {
    document.title = `${name ? `${name}: ` : ""}${title} · Feedforward`;
  }, [title, name]);

  // A new page begins at its top, and a screen reader reads it from there.
  useEffect(() => {
    if (!isFirst.current) {
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    isFirst.current = false;
  }, [path]);

  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to the content, which a # of our own would take for a page */}
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("nav.skip")}
      </a>
      <Header />
      {!connected.value && (
        <div class="banner" role="status">
          {t("connection.lost")}
        </div>
      )}
      <main id="main" ref={main} tabIndex={-1}>
        {found ? (
          <LazyPage key={path} entry={found} params={found.params ?? {}} query={route.value.query} />
        ) : (
          <Missing />
        )}
      </main>
      <Footer />
    </>
  );
}
