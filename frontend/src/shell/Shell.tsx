import { useEffect, useRef } from "preact/hooks";
import { LINK_PATH, meet } from "../access/link";
import { SignIn } from "../access/SignIn";
import { caller, isSignedOut, may } from "../api/caller";
import { connected } from "../api/connection";
import { ProblemNote } from "../parts/ProblemNote";
import { useLoaded } from "../parts/useLoaded";
import "../texts/access";
import { t } from "../texts/texts";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { LazyPage } from "./LazyPage";
import { Missing } from "./Missing";
import { NotAllowed } from "./NotAllowed";
import { PAGES } from "./pages";
import { match, route, routePath } from "./router";

/** The page around the pages: header, what is asked for, footer; and a word while the service is away. */
export function Shell() {
  const path = routePath.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const met = useLoaded("caller", meet);
  const found = PAGES.map((entry) => ({ ...entry, params: match(entry.pattern, path) })).find((entry) => entry.params);
  const title = t(isSignedOut.value ? "signin.title" : (found?.title ?? "nav.missing"));
  const name = found?.params?.network ?? found?.params?.dataset;

  useEffect(() => {
    document.title = `${name ? `${name}: ` : ""}${title} · Feedforward`;
  }, [title, name]);

  // A link that is opened in a tab of this page signs in as in a new one.
  useEffect(() => {
    if (path === LINK_PATH) location.reload();
  }, [path]);

  // A new page begins at its top, and a screen reader reads it from there.
  useEffect(() => {
    if (!isFirst.current) {
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    isFirst.current = false;
  }, [path]);

  function page() {
    if (!found) return <Missing />;
    if (found.needs && !may(found.needs)) return <NotAllowed scope={found.needs} />;
    return <LazyPage key={path} entry={found} params={found.params ?? {}} query={route.value.query} />;
  }

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
        {isSignedOut.value && <SignIn />}
        {met.problem && !caller.value && <ProblemNote problem={met.problem} retry={met.again} />}
        {/* It stays as it is until somebody has signed in again. */}
        <div hidden={isSignedOut.value}>{caller.value && page()}</div>
      </main>
      <Footer />
    </>
  );
}
