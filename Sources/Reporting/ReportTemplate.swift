/// The page's markup, in Mustache.
enum ReportTemplate {
  static let page = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy"
    content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>{{title}}</title>
    <style>{{{style}}}</style>
    </head>
    <body>
    <header>
    <p class="kind">{{kind}}</p>
    <h1>{{title}}</h1>
    <p class="by">{{#pipeline}}Pipeline <code>{{.}}</code>, by {{/pipeline}}{{generatedBy}}</p>
    {{#caveat}}
    <p class="caveat">{{.}}</p>
    {{/caveat}}
    </header>
    {{#warnings}}
    <p class="warning" role="alert"><b>Warning.</b> {{.}}</p>
    {{/warnings}}
    <dl class="figures">
    {{#figures}}
    <div><dt>{{name}}</dt><dd>{{value}}</dd></div>
    {{/figures}}
    </dl>
    <nav aria-label="Sections">
    {{#sections}}
    <a href="#{{anchor}}">{{heading}}</a>
    {{/sections}}
    </nav>
    <main>
    {{#sections}}
    <section id="{{anchor}}">
    <h2>{{heading}}</h2>
    {{#lead}}
    <p class="lead">{{.}}</p>
    {{/lead}}
    {{#blocks}}
    {{#table}}
    <div class="table {{#isNarrow}}narrow{{/isNarrow}}"><table>
    <thead><tr>{{#headings}}<th scope="col" class="{{style}}">{{text}}</th>{{/headings}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr>{{#cells}}<td class="{{style}}">{{text}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table></div>
    {{/table}}
    {{#plots}}
    <div class="plots">
    {{#drawings}}
    <figure class="{{#isWide}}wide{{/isWide}}">
    {{{drawing}}}
    <figcaption>{{caption}}</figcaption>
    </figure>
    {{/drawings}}
    </div>
    {{/plots}}
    {{#gallery}}
    <article class="card">
    <h3>{{cardTitle}}</h3>
    <p>{{cardText}}</p>
    <div class="share" title="{{fakePercent}} % fake"><span style="width:{{fakePercent}}%"></span></div>
    {{#methods}}
    <p class="methods">{{.}}</p>
    {{/methods}}
    <div class="montage">{{#images}}{{> image}}{{/images}}</div>
    </article>
    {{/gallery}}
    {{#pairs}}
    <div class="pair">
    <div class="montage">{{#before}}{{> image}}{{/before}}</div>
    <span class="arrow"><i>{{operation}}</i>&#8594;</span>
    <div class="montage">{{#after}}{{> image}}{{/after}}</div>
    </div>
    {{/pairs}}
    {{#listing}}
    <pre tabindex="0">{{.}}</pre>
    {{/listing}}
    {{#remark}}
    <p class="remark">{{.}}</p>
    {{/remark}}
    {{/blocks}}
    </section>
    {{/sections}}
    </main>
    <footer>
    {{#numerics}}
    <p>{{.}}</p>
    {{/numerics}}
    <p>This file is complete in itself: it asks nothing of any network and may be kept, sent or printed.</p>
    </footer>
    <script>{{{script}}}</script>
    </body>
    </html>
    """#

  /// Ends without a line break: pictures stand side by side.
  static let image = ##"""
    <figure class="{{labelName}}"><img src="{{{address}}}" alt="{{labelName}}" title="{{key}}" \##
    data-number="{{number}}" loading="lazy"></figure>
    """##

  /// Shows the picture of the mark pointed at; a page without it lacks nothing else.
  static let script = #"""
    (() => {
      const box = document.createElement("div"), image = new Image(), key = document.createElement("small");
      box.className = "peek"; box.hidden = true; box.append(image, key); document.body.append(box);
      addEventListener("pointerover", event => {
        const mark = event.target.closest && event.target.closest("[data-picture]");
        const source = mark && document.querySelector(`img[data-number="${mark.dataset.picture}"]`);
        box.hidden = !source;
        if (!source) return;
        image.src = source.src; key.textContent = source.title;
        const at = mark.getBoundingClientRect();
        box.style.left = Math.max(8, Math.min(at.right + 10, innerWidth - 170)) + "px";
        box.style.top = Math.max(8, Math.min(at.top - 40, innerHeight - 210)) + "px";
      });
    })();
    """#
}
