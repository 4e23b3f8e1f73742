// Tables that sort, filter, search, page and go to a spreadsheet; contents that follow the reader. All of it is
// optional: without script the page holds the same tables. Rows are HTML the exporter has escaped, one a line.
(() => {
  "use strict";
  const PAGE = 50, PRINTED = 2000, SLICE = 2000, PIECE = 2 ** 20;
  const words = JSON.parse(document.body.dataset.words);
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const escaped = text => make("p", { textContent: text }).innerHTML.toLowerCase();
  const breathe = () => new Promise(done => setTimeout(done));
  const tags = /<[^>]*>/g;
  // text of a cell's HTML; of one that opens, what stands closed
  const text = html => {
    const closed = html.replace(/<\/summary>.*<\/details>/s, "").replace(tags, "");
    return closed.includes("&") ? new DOMParser().parseFromString(closed, "text/html").body.textContent : closed;
  };

  // piece by piece, so that the page can be read meanwhile
  async function packedRows(script) {
    const packed = script.textContent, pieces = [];
    for (let at = 0; at < packed.length; at += PIECE) {
      const piece = atob(packed.slice(at, at + PIECE)), bytes = new Uint8Array(piece.length);
      for (let place = 0; place < piece.length; place++) bytes[place] = piece.charCodeAt(place);
      pieces.push(bytes);
      await breathe();
    }
    const stream = new Blob(pieces).stream().pipeThrough(new DecompressionStream("gzip"));
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader(), rows = [];
    let rest = "", since = 0;
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop();
      for (const line of lines) rows.push(line);
      if ((since += read.value.length) < PIECE) continue;
      since = 0;
      await breathe();
    }
    rows.push(rest);
    return rows;
  }

  class Sift {
    constructor(table) {
      this.table = table;
      this.body = table.tBodies[0];
      this.heads = [...table.tHead.rows[0].cells];
      this.titles = this.heads.map(head => head.textContent);
      this.page = 0;
      this.asked = 0;
      this.choices = [];
    }

    async start() {
      const packed = this.table.parentElement.querySelector("script.packed");
      this.rows = packed ? await packedRows(packed) : this.body.innerHTML.split("\n");
      this.found = this.rows;
      packed?.remove();
      this.table.parentElement.querySelector(".rest")?.remove();
      this.heads.forEach((head, place) => this.sortable(head, place));
      this.status = make("p", { className: "status", role: "status" });
      this.pages = make("p", { className: "pages" });
      this.table.before(await this.tools(), this.status);
      this.table.after(this.pages);
      this.show();
    }

    cell(row, place) {
      const start = row.split("</td>", place + 1)[place];
      return text(start.slice(start.lastIndexOf("<td")));
    }

    async tools() {
      const box = make("div", { className: "tools", role: "search" });
      const search = make("input", { type: "search", oninput: () => this.search(search.value) });
      box.append(make("label", {}, words.search, search));
      for (const [place, head] of this.heads.entries()) if (head.hasAttribute("data-filter")) await this.filter(box, place);
      if (this.table.className !== "findings") return box;
      const copy = make("button", { type: "button", textContent: words.copy, onclick: () => this.copy() });
      const save = make("button", { type: "button", textContent: words.save, onclick: () => this.save() });
      box.append(copy, save);
      return box;
    }

    async filter(box, place) {
      const counts = new Map();
      for (const value of await this.column(place)) counts.set(value, (counts.get(value) ?? 0) + 1);
      if (counts.size < 2) return;
      const values = [...counts.keys()];
      if (place > 2) values.sort(new Intl.Collator(document.documentElement.lang).compare);
      const options = values.map(value => new Option(`${value || "—"} (${counts.get(value)})`, value));
      const select = make("select", {}, new Option(words.all, "\0"), ...options);
      select.onchange = () => {
        this.choices[place] = select.value === "\0" ? undefined : select.value;
        this.sift();
      };
      box.append(make("label", {}, this.titles[place], select));
    }

    search(query) {
      this.query = escaped(query.trim());
      this.sift();
    }

    // in slices, so that a hundred thousand rows never hold the page up; a newer question ends an older one
    async sift() {
      const asked = ++this.asked, found = [];
      const places = Object.keys(this.choices).filter(place => this.choices[place] !== undefined);
      for (let start = 0; start < this.rows.length; start += SLICE) {
        for (const row of this.rows.slice(start, start + SLICE)) {
          if (places.every(place => this.cell(row, +place) === this.choices[place]) && this.holds(row)) found.push(row);
        }
        if (this.rows.length > SLICE) await breathe();
        if (asked !== this.asked) return;
      }
      this.found = found;
      this.page = 0;
      this.show();
    }

    holds(row) {
      if (!this.query) return true;
      return row.toLowerCase().includes(this.query) && row.replace(tags, " ").toLowerCase().includes(this.query);
    }

    sortable(head, place) {
      const button = make("button", { type: "button", textContent: this.titles[place] });
      button.onclick = () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        this.heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        this.sort(place, down ? -1 : 1);
      };
      head.replaceChildren(button);
    }

    // text of one column, row by row, with breath between slices
    async column(place) {
      const values = [];
      for (let start = 0; start < this.rows.length; start += SLICE) {
        for (const row of this.rows.slice(start, start + SLICE)) values.push(this.cell(row, place));
        if (this.rows.length > SLICE) await breathe();
      }
      return values;
    }

    // by the rank of a value among all values of the column; blank ones come last either way
    async sort(place, direction) {
      const asked = ++this.asked, values = await this.column(place);
      if (asked !== this.asked) return;
      const rank = new Map(this.ordered([...new Set(values)], place).map((value, order) => [value, order * direction]));
      rank.set("", Infinity);
      const keys = Float64Array.from(values, value => rank.get(value));
      const order = Uint32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
      this.rows = Array.from(order, at => this.rows[at]);
      this.sift();
    }

    ordered(values, place) {
      if (this.heads[place].classList.contains("n")) {
        const numbers = values.map(value => [parseFloat(value.replaceAll(",", "")), value]);
        return numbers.sort((a, b) => a[0] - b[0]).map(pair => pair[1]);
      }
      const order = this.heads[place].dataset.order?.split("|"); // severity has an order of its own
      if (order) return values.sort((a, b) => order.indexOf(a) - order.indexOf(b));
      return values.sort(values.length > 5000 ? undefined : new Intl.Collator(document.documentElement.lang, { numeric: true }).compare);
    }

    show(limit = PAGE) {
      const start = limit === PAGE ? this.page * PAGE : 0;
      this.body.innerHTML = this.found.slice(start, start + limit).join("\n");
      this.status.textContent = words.shown.replace("{}", this.found.length).replace("{}", this.rows.length) + (this.found.length ? "" : words.none);
      const last = Math.ceil(this.found.length / PAGE) - 1;
      this.pages.hidden = last < 1;
      const step = (name, by) => make("button", {
        type: "button", textContent: words[name], disabled: this.page + by < 0 || this.page + by > last,
        onclick: () => { this.page += by; this.show(); this.table.scrollIntoView(); this.pages.querySelector("button:enabled").focus({ preventScroll: true }); },
      });
      this.pages.replaceChildren(step("back", -1), ` ${this.page + 1} / ${last + 1} `, step("next", 1));
    }

    // a spreadsheet runs a cell that begins like a formula
    sheet(separator, quoted) {
      const safe = value => (/^[=+\-@\t\r]/.test(value) && isNaN(value.replaceAll(",", "")) ? `'${value}` : value);
      const written = value => (quoted ? `"${safe(value).replaceAll('"', '""')}"` : safe(value).replace(/[\t\n]/g, " "));
      const line = cells => cells.map(written).join(separator);
      const rows = this.found.map(row => [/data-id="([^"]*)"/.exec(row)?.[1] ?? "", ...row.split("</td>").slice(0, this.heads.length).map(cell => text(cell.slice(cell.lastIndexOf("<td"))))]);
      return [[words.id, ...this.titles], ...rows].map(line).join("\r\n");
    }

    async copy() {
      const sheet = this.sheet("\t", false);
      try {
        await navigator.clipboard.writeText(sheet);
      } catch {
        const area = make("textarea", { value: sheet });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      this.status.textContent = words.copied.replace("{}", this.found.length);
    }

    save() {
      const address = URL.createObjectURL(new Blob(["\ufeff", this.sheet(",", true)], { type: "text/csv" }));
      make("a", { href: address, download: `${document.title}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    }
  }

  const sifts = [...document.querySelectorAll("table[data-sift]")].map(table => new Sift(table));
  sifts.reduce((before, sift) => before.then(() => sift.start()), Promise.resolve())
    .then(() => document.documentElement.classList.add("ready"));
  addEventListener("beforeprint", () => sifts.forEach(sift => sift.show(PRINTED)));
  addEventListener("afterprint", () => sifts.forEach(sift => sift.show()));

  // a finding that opens shows its rule in place of sending the reader down the page
  document.addEventListener("toggle", event => {
    if (!event.target.open || !event.target.matches(".findings .f > details") || event.target.querySelector(".rule")) return;
    const link = event.target.closest("tr").querySelector('a[href^="#rule-"]');
    const note = link && document.getElementById(link.hash.slice(1));
    if (!note) return;
    const copy = make("div", { className: "rule" }, ...[...note.children].map(child => child.cloneNode(true)));
    copy.querySelector("summary").replaceWith(make("strong", { textContent: note.querySelector("summary").textContent }));
    event.target.append(copy);
  }, true);
  document.addEventListener("click", event => {
    const link = event.target.closest('a[href^="#rule-"]');
    const note = link && document.getElementById(link.hash.slice(1));
    if (note) note.open = true;
  });

  const links = new Map([...document.querySelectorAll(".contents a")].map(link => [document.getElementById(link.hash.slice(1)), link]));
  const follow = () => {
    const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const current = [...links.keys()].findLast(heading => end || heading.getBoundingClientRect().top < innerHeight * 0.35);
    links.forEach((link, heading) => heading === current ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current"));
  };
  addEventListener("scroll", follow, { passive: true });
  follow();
})();
