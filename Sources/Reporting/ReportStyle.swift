/// The page's look: light and dark, on paper, and down to the width of a telephone.
enum ReportStyle {
  static let css = #"""
    :root{--paper:#fff;--panel:#f7f7f5;--ink:#1c1e21;--ink-soft:#5d636b;--rule:#e3e3df;--link:#00588c;
    --real:#0072B2;--fake:#D55E00;--bad:#b3261e;--bad-panel:#fdecea;--good:#00714f;--series-6:#1c1e21;
    --sans:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    --serif:"Iowan Old Style","Palatino Linotype",Palatino,Georgia,"DejaVu Serif",serif;
    --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    @media screen and (prefers-color-scheme:dark){:root{--paper:#15171a;--panel:#1d2024;--ink:#e6e7e9;
    --ink-soft:#a2a8b0;
    --rule:#31353b;--link:#7cc4f2;--real:#56B4E9;--fake:#F0803C;--bad:#ff9b90;--bad-panel:#3a1d1b;--good:#4cc9a0;
    --series-0:#3d9bd6;--series-6:#e6e7e9}}
    *{box-sizing:border-box}
    html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
    body{margin:0 auto;padding:48px 28px 64px;max-width:1040px;background:var(--paper);color:var(--ink);
    font:15px/1.55 var(--sans);font-variant-numeric:lining-nums}
    h1,h2,h3,p,figure,dl,dd{margin:0}
    h1{font:600 34px/1.15 var(--serif);letter-spacing:-.01em;text-wrap:balance}
    h2{font:600 22px/1.25 var(--serif);margin-bottom:6px}
    h3{font:600 15px/1.3 var(--sans)}
    code,.code{font-family:var(--mono);font-size:.88em}
    a{color:var(--link)}
    .kind{color:var(--ink-soft);font-size:12px;letter-spacing:.09em;text-transform:uppercase;margin-bottom:8px}
    .by{color:var(--ink-soft);margin-top:8px}
    .caveat{margin-top:20px;padding:2px 0 2px 16px;border-left:3px solid #E69F00;font:italic 17px/1.5 var(--serif);
    max-width:46em}
    .warning{margin-top:16px;padding:10px 14px;border-left:4px solid var(--bad);background:var(--bad-panel);
    color:var(--bad);
    overflow-wrap:anywhere}
    .warning+.warning{margin-top:6px}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:0 12px;margin-top:28px;
    border-block:1px solid var(--rule)}
    .figures div{display:flex;flex-direction:column-reverse;padding:14px 0}
    .figures dd{font:500 26px/1.2 var(--sans);font-variant-numeric:tabular-nums}
    .figures dt{color:var(--ink-soft);font-size:12.5px}
    nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:18px;font-size:13.5px}
    nav a{text-decoration:none}
    nav a:hover{text-decoration:underline}
    section{margin-top:52px;scroll-margin-top:16px}
    .lead{color:var(--ink-soft);max-width:48em;margin-bottom:16px}
    .remark{color:var(--ink-soft);font-size:13.5px;margin-top:12px;max-width:52em;overflow-wrap:anywhere}
    .table{overflow-x:auto;margin-top:14px}
    table{border-collapse:collapse;width:100%;font-size:13.5px;line-height:1.4}
    th{color:var(--ink-soft);font-weight:500;font-size:12.5px;text-align:left;vertical-align:bottom;
    border-bottom:1.5px solid var(--ink-soft)}
    th,td{padding:7px 14px 7px 0}
    th:last-child,td:last-child{padding-right:2px}
    td{border-bottom:1px solid var(--rule);vertical-align:top;min-width:3.5em}
    td.list{min-width:9em}
    td.code{overflow-wrap:anywhere;min-width:9em}
    .narrow table{width:auto}
    .narrow th,.narrow td{padding-right:32px}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    th.number{white-space:normal}
    .bad{color:var(--bad);font-weight:500}
    .good{color:var(--good)}
    td.real,td.fake{white-space:nowrap}
    td.real::before,td.fake::before{display:inline-block;width:1.3em;font-size:.8em}
    td.real::before{content:"\25CF";color:var(--real)}
    td.fake::before{content:"\25B2";color:var(--fake)}
    .plots{display:grid;grid-template-columns:1fr 1fr;gap:24px 32px;margin-top:18px}
    .plots figure{min-width:0}
    .plots .wide{grid-column:1/-1;max-width:820px}
    svg.plot{display:block;width:100%;height:auto}
    figcaption{color:var(--ink-soft);font-size:13px;margin-top:6px;max-width:52em}
    .card{padding:18px 0 20px;border-top:1px solid var(--rule);margin-top:6px;break-inside:avoid}
    .table+.card{margin-top:28px}
    .card+.card{margin-top:0}
    .card>h3,.card>p{display:inline}
    .card>p{color:var(--ink-soft);font-size:13.5px;margin-left:10px}
    .card>p.methods{display:block;margin:6px 0 0}
    .share{height:6px;margin-top:10px;background:var(--real);display:flex;justify-content:flex-end}
    .share span{background:repeating-linear-gradient(135deg,var(--fake) 0 5px,var(--paper) 5px 6.5px);
    border-left:2px solid var(--paper)}
    .montage{display:grid;grid-template-columns:repeat(auto-fill,minmax(72px,1fr));gap:6px;margin-top:12px}
    .montage figure{position:relative;aspect-ratio:1;background:var(--panel)}
    .montage img{display:block;width:100%;height:100%;object-fit:cover;border-bottom:3px solid var(--real)}
    .montage .fake img{border-bottom:3px dashed var(--fake)}
    .montage figure::after{position:absolute;right:3px;bottom:5px;font-size:10px;line-height:15px;width:15px;
    text-align:center;
    border-radius:8px;background:var(--paper);content:"\25CF";color:var(--real)}
    .montage .fake::after{content:"\25B2";color:var(--fake)}
    .pair{display:flex;align-items:center;gap:14px;border-top:1px solid var(--rule);padding:12px 0;break-inside:avoid}
    .pair .montage{display:flex;margin:0}
    .pair .montage figure{width:112px}
    .arrow{display:flex;flex-direction:column;align-items:center;min-width:7em;color:var(--ink-soft);font-size:20px;
    line-height:1.1}
    .arrow i{font-style:normal;font-size:13px}
    pre{max-height:34em;overflow:auto;background:var(--panel);border:1px solid var(--rule);padding:14px 16px;
    margin:14px 0 0;
    font:12.5px/1.5 var(--mono);tab-size:2}
    footer{margin-top:64px;padding-top:14px;border-top:1px solid var(--rule);color:var(--ink-soft);font-size:12.5px}
    .peek{position:fixed;z-index:2;width:160px;padding:6px;background:var(--paper);border:1px solid var(--rule);
    box-shadow:0 4px 18px #0003;pointer-events:none;line-height:1.3}
    .peek[hidden]{display:none}
    .peek img{display:block;width:100%}
    .peek small{display:block;overflow-wrap:anywhere;font-size:10px;color:var(--ink-soft);margin-top:4px}
    [data-picture]{cursor:crosshair}
    @media (max-width:700px){body{padding:24px 16px 40px}h1{font-size:27px}section{margin-top:40px}
    .plots{grid-template-columns:minmax(0,1fr)}
    .plots .wide{overflow-x:auto}.wide svg.plot{min-width:560px}.figures{grid-template-columns:repeat(2,1fr)}
    .montage{grid-template-columns:repeat(auto-fill,minmax(62px,1fr))}.card>p{display:block;margin:2px 0 0}
    .pair{gap:8px;flex-wrap:wrap}.pair .montage figure{width:88px}.arrow{min-width:4.5em}}
    @media print{body{max-width:none;padding:0;font-size:10.5pt;print-color-adjust:exact;
    -webkit-print-color-adjust:exact}
    nav,.peek{display:none}section{margin-top:26px}h2{break-after:avoid}tr,.plots figure{break-inside:avoid}
    thead{display:table-header-group}.table{overflow:visible}pre{max-height:none;overflow:visible;white-space:pre-wrap}
    .montage{grid-template-columns:repeat(auto-fill,minmax(52px,1fr))}}
    """#
}
