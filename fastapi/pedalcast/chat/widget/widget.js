// A bot on another site's page: <script src="https://…/widget.js?bot=…" async></script>
// The page's own styles do not reach it, and nothing an answer says is ever read as HTML.
(() => {
  "use strict";
  const source = new URL(document.currentScript.src);
  const bot = source.searchParams.get("bot");
  if (!bot) return;
  const query = `?bot=${encodeURIComponent(bot)}`;
  const api = `${source.origin}/api/v1/widget`;
  const KEPT_TURNS = 10;
  const korean = (document.documentElement.lang || navigator.language || "").toLowerCase().startsWith("ko");
  const text = korean
    ? { open: "질문하기", close: "닫기", send: "보내기", ask: "질문을 입력하세요", sources: "출처", wait: "답을 찾고 있습니다…",
        failed: "지금은 답할 수 없습니다. 잠시 뒤에 다시 물어봐 주세요." }
    : { open: "Ask", close: "Close", send: "Send", ask: "Your question", sources: "Sources", wait: "Looking for the answer…",
        failed: "There is no answer at the moment. Please ask again shortly." };

  const styles = new CSSStyleSheet();
  styles.replaceSync(`
    :host { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; font: 16px/1.5 system-ui, sans-serif; }
    * { box-sizing: border-box; }
    button { font: inherit; border: 0; border-radius: 22px; min-height: 44px; padding: 0 18px; background: #0b5d3b;
      color: #fff; cursor: pointer; }
    button:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
    section { display: flex; flex-direction: column; width: min(360px, calc(100vw - 32px));
      height: min(520px, calc(100vh - 96px)); margin-bottom: 8px; border: 1px solid #8a8f98; border-radius: 12px;
      background: #fff; color: #16191d; overflow: hidden; }
    section[hidden] { display: none; }
    h2 { margin: 0; padding: 12px 16px; font-size: 16px; border-bottom: 1px solid #d5d8dd; }
    [role="log"] { flex: 1; overflow-y: auto; padding: 12px 16px; }
    p { margin: 0 0 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
    p.question { font-weight: 600; }
    ul { margin: -6px 0 12px; padding-left: 20px; font-size: 14px; color: #464c55; }
    form { display: flex; gap: 8px; padding: 12px; border-top: 1px solid #d5d8dd; }
    input { flex: 1; min-width: 0; min-height: 44px; padding: 0 12px; font: inherit; border: 1px solid #6b727c;
      border-radius: 8px; }
    .opening { display: block; width: 100%; margin: 0 0 8px; background: #e6f1ec; color: #0b5d3b; text-align: left; }
  `);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [styles];
  const element = (name, parent, properties = {}) => parent.appendChild(Object.assign(document.createElement(name), properties));

  const panel = element("section", root, { hidden: true });
  panel.setAttribute("role", "dialog");
  const title = element("h2", panel);
  const log = element("div", panel);
  log.setAttribute("role", "log");
  log.setAttribute("aria-live", "polite");
  const form = element("form", panel);
  const input = element("input", form, { type: "text", maxLength: 2000, placeholder: text.ask, required: true });
  input.setAttribute("aria-label", text.ask);
  const send = element("button", form, { type: "submit", textContent: text.send });
  const toggle = element("button", root, { type: "button", textContent: text.open });
  toggle.setAttribute("aria-expanded", "false");

  const turns = [];
  const say = (words, kind) => {
    const line = element("p", log, { textContent: words, className: kind });
    log.scrollTop = log.scrollHeight;
    return line;
  };
  const show = (open) => {
    panel.hidden = !open;
    toggle.textContent = open ? text.close : text.open;
    toggle.setAttribute("aria-expanded", String(open));
    (open ? input : toggle).focus();
  };
  const list = (sources) => {
    const titles = new Map(sources.filter((one) => one.title).map((one) => [one.title, one.url]));
    if (titles.size === 0) return;
    const items = element("ul", log);
    items.setAttribute("aria-label", text.sources);
    for (const [name, url] of titles) {
      const item = element("li", items);
      if (/^https?:\/\//.test(url || "")) element("a", item, { href: url, textContent: name, rel: "noopener", target: "_blank" });
      else item.textContent = name;
    }
  };
  const ask = async (question) => {
    say(question, "question");
    const answer = say(text.wait, "answer");
    send.disabled = true;
    try {
      const response = await fetch(`${api}/chat${query}`, {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ question, chat_history: turns.slice(-KEPT_TURNS) }),
      });
      if (!response.ok) throw new Error(String(response.status));
      const body = await response.json();
      answer.textContent = body.answer;
      list(body.sources);
      turns.push({ role: "user", content: question }, { role: "assistant", content: body.answer });
    } catch {
      answer.textContent = text.failed;
    } finally {
      send.disabled = false;
    }
  };

  toggle.addEventListener("click", () => show(panel.hidden));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = input.value.trim();
    if (!question || send.disabled) return;
    input.value = "";
    ask(question);
  });

  // Only where the page's origin is listed is there anything to see.
  fetch(`${api}${query}`, { credentials: "omit" })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
    .then((about) => {
      title.textContent = about.name;
      panel.setAttribute("aria-label", about.name);
      for (const question of about.opening_questions) {
        element("button", log, { type: "button", className: "opening", textContent: question }).addEventListener("click", () => ask(question));
      }
      document.body.append(host);
    })
    .catch((error) => console.warn(`The bot is not available on ${location.origin}:`, error.message));
})();
