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
    content="{{{policy}}}">
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
    {{#explorer}}
    <div class="explorer" hidden></div>
    <script type="application/json" id="map-header">{{{header}}}</script>
    <script type="application/octet-stream" id="map-columns">{{{columns}}}</script>
    {{#sheets}}
    <script type="image/jpeg;base64" class="map-sheet">{{{picture}}}</script>
    {{/sheets}}
    {{/explorer}}
    {{#table}}
    <div class="table {{#isNarrow}}narrow{{/isNarrow}}"><table>
    <thead><tr>{{#headings}}<th scope="col" class="{{style}}">{{text}}</th>{{/headings}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr>{{#cells}}<td class="{{style}}"{{#tint}} style="--tint:{{.}}%"{{/tint}}>{{text}}{{#share}}<small>{{.}}</small>{{/share}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table></div>
    {{#tableNote}}
    <p class="remark">{{.}}</p>
    {{/tableNote}}
    {{/table}}
    {{#plots}}
    <div class="plots{{#isSmall}} small{{/isSmall}}">
    {{#drawings}}
    <figure class="{{#isWide}}wide{{/isWide}}{{#isStandIn}} stand-in{{/isStandIn}}">
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
    {{#montages}}
    <h4>{{montageTitle}}</h4>
    <div class="montage">{{#images}}{{> image}}{{/images}}</div>
    {{/montages}}
    </article>
    {{/gallery}}
    {{#pairs}}
    <div class="pair">
    <div class="montage">{{#before}}{{> image}}{{/before}}</div>
    <span class="arrow"><i>{{operation}}</i>&#8594;</span>
    <div class="montage">{{#after}}{{> image}}{{/after}}</div>
    </div>
    {{/pairs}}
    {{#links}}
    <article class="link {{strength}}">
    <h3>{{linkTitle}}</h3>
    <p class="why"><b class="badge">{{strength}}</b> <b>{{linkKind}}</b> {{words}}</p>
    <div class="sides">
    {{#linkSides}}
    <div class="side">
    <h4>{{sideTitle}}</h4>
    {{#sidePictures}}
    <div class="montage">{{#thumbs}}{{> image}}{{/thumbs}}</div>
    {{/sidePictures}}
    <ul>{{#sideVideos}}<li>{{videoName}}</li>{{/sideVideos}}</ul>
    </div>
    {{/linkSides}}
    </div>
    </article>
    {{/links}}
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
    {{#scripts}}
    <script>{{{body}}}</script>
    {{/scripts}}
    </body>
    </html>
    """#

  /// Ends without a line break: pictures stand side by side.
  static let image = ##"""
    <figure class="{{labelName}}"><img src="{{{address}}}" alt="{{labelName}}" title="{{key}}"></figure>
    """##
}
