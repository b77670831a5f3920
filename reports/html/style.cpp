// See style.hpp. Class colours follow Okabe and Ito's palette for colour-blind readers, darkened until text in them has
// a contrast of 4.5 to 1 on the page (WCAG 2.1 §1.4.3).
#include "reports/html/style.hpp"

namespace watershed::reports::html {

namespace {

constexpr std::string_view sheet = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1d2329;--soft:#57606a;--line:#d5dae0;--panel:#f6f7f9;--link:#0a4f9e;
--ok:#17633a;--okbg:#e9f5ee;--bad:#b3121f;--badbg:#fdecec;--un:#7a4d00;--unbg:#fdf4e1;
--c0:#0b5cad;--c1:#a34700;--c2:#17633a;--c3:#7a3e9d;--c4:#4a5560;--mark:#fff3c4}
@media (prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#e4e8ec;--soft:#a5afba;--line:#37404a;--panel:#1c2229;
--link:#8cc2ff;--ok:#7ad19f;--okbg:#15281e;--bad:#ff9a9a;--badbg:#341a1c;--un:#f0c36a;--unbg:#2d2513;
--c0:#6fb5ff;--c1:#ffa867;--c2:#7ad19f;--c3:#d2a6f0;--c4:#b4bfca;--mark:#4a3f12}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"DejaVu Sans",sans-serif}
header,main,footer,nav{max-width:1320px;margin:0 auto;padding:0 16px}
header{padding-top:28px}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 4px;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.35rem;margin:2.6em 0 .5em;font-weight:600;line-height:1.25}
h3{font-size:1.08rem;margin:1.8em 0 .5em;font-weight:600}
h4{font-size:.95rem;margin:1.2em 0 .3em;font-weight:600}
p,ul,ol{margin:.5em 0}
.lead,.sum,.note,.where,.by,figcaption{color:var(--soft)}
.lead{margin:0 0 1.2em}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--bg);padding:6px 10px;z-index:9}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:8px 0;margin:0;border-top:1px solid var(--line);
border-bottom:1px solid var(--line);font-size:.93rem}
code,pre,kbd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.84em}
code{overflow-wrap:anywhere}
bdi,td,li,p,summary{overflow-wrap:anywhere}
.answers{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:16px;margin:1.2em 0}
.card{border:1px solid var(--line);border-top:6px solid var(--un);border-radius:8px;padding:14px 18px;background:var(--panel)}
.card h2{font-size:1rem;margin:0;color:var(--soft);font-weight:500}
.card.yes{border-top-color:var(--ok)}.card.no{border-top-color:var(--bad)}
.answer{font-size:1.65rem;font-weight:650;line-height:1.25;margin:.15em 0 .3em;color:var(--un)}
.yes .answer{color:var(--ok)}.no .answer{color:var(--bad)}
.card ul{padding-left:1.1em}.reason,.figure{font-size:.93rem;margin:.3em 0}.figure{color:var(--soft)}
.v{display:inline-block;border-radius:4px;padding:0 7px;font-size:.86rem;font-weight:600;white-space:nowrap;
background:var(--unbg);color:var(--un)}
.v.passed{background:var(--okbg);color:var(--ok)}.v.failed,.v.error{background:var(--badbg);color:var(--bad)}
.v.skipped{background:none;color:var(--soft);font-weight:400}
.bad{color:var(--bad)}.tag{font-size:.8rem;border:1px solid var(--line);border-radius:4px;padding:0 5px;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid var(--line)}
thead th{font-weight:600;color:var(--soft);font-size:.86rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.scroll{overflow-x:auto}.scroll td{overflow-wrap:break-word;max-width:32em}
.matrix th[scope=row]{font-weight:400;min-width:16em;max-width:34em}
.matrix td{min-width:9.5em}.matrix a{text-decoration:none;display:block}.matrix a:hover .behind{text-decoration:underline}
.statement{display:block;color:var(--soft);font-size:.86rem}
.behind{display:block;color:var(--soft);font-size:.8rem;line-height:1.35;margin-top:3px}
.record th{width:9em;font-weight:500;color:var(--soft)}
details{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:6px 0}
details>div,details>ul{padding:0 0 12px 18px;border-left:3px solid var(--line);margin:0 0 10px 4px}
details>div>:first-child{margin-top:0}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:10px;overflow-x:auto;line-height:1.45;
margin:.5em 0}
.trouble{list-style:none;padding:0}.trouble li{border-left:4px solid var(--bad);padding:2px 0 2px 12px;margin:10px 0}
.story{border:1px solid var(--line);border-radius:8px;padding:4px 18px 8px;margin:18px 0;scroll-margin-top:12px}
.timeline{list-style:none;padding:0;margin:.4em 0;font-size:.93rem}
.timeline li{padding:3px 0 3px 7.5em;position:relative;border-left:0}
.timeline .at{position:absolute;left:0;width:7em;text-align:right;color:var(--soft);font-variant-numeric:tabular-nums}
.host{font-weight:600;background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:0 5px}
.broken li{margin:6px 0}.replay code{user-select:all;background:var(--panel);padding:2px 6px;border-radius:4px}
.diff ins{color:var(--ok);text-decoration:none}.diff del{color:var(--bad);text-decoration:none}
.smtp i{color:var(--soft);font-style:normal}.smtp b{font-weight:600}
.cov b{background:var(--okbg);color:var(--ok);font-weight:600}.cov s{text-decoration:none;color:var(--un)}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));gap:0 28px;margin:0 0 1em}
.sides h4{margin:.4em 0 .2em}.sides .timeline li{padding-left:6em}.sides .timeline .at{width:5.5em}
.values dt{color:var(--soft)}.values dd{margin:0 0 .5em;overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;list-style:none;padding:0;font-size:.9rem}
.legend svg{vertical-align:middle}
.maps{display:flex;flex-wrap:wrap;gap:10px;align-items:flex-start}
figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:8px;max-width:100%;flex:1 1 calc(max(200px,var(--m,330px)) + 18px)}figcaption{font-size:.9rem;margin-bottom:8px}
figcaption b{color:var(--fg);font-size:1.05rem;display:block}
.map{display:block;width:100%;max-width:var(--w);min-width:var(--m);height:auto;margin:0 auto}
.map text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;text-anchor:middle;
fill:var(--fg)}
.map .role{font-size:10.5px;fill:var(--soft)}
.lane rect{fill:var(--panel);stroke:var(--line)}.lane.out rect{stroke-dasharray:4 4;fill:none}
.map .lane text{font-weight:600;text-anchor:start;fill:var(--soft)}
.node rect{fill:var(--bg);stroke:var(--soft)}.node.idle rect{stroke-dasharray:3 3;stroke:var(--line)}
.node.shared rect{stroke:var(--un);stroke-width:2.5}.map .shared .role{fill:var(--un);font-weight:600}
.node line{stroke-width:3}
.e{fill:none;stroke-width:1.8}.h{stroke:none}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1);stroke-dasharray:7 4}.c2{stroke:var(--c2);stroke-dasharray:2 3}
.c3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.c4{stroke:var(--c4);stroke-dasharray:12 3 3 3 3 3}
.h.c0{fill:var(--c0)}.h.c1{fill:var(--c1)}.h.c2{fill:var(--c2)}.h.c3{fill:var(--c3)}.h.c4{fill:var(--c4)}
.l{stroke:none}.l rect{fill:var(--bg);stroke-dasharray:none;stroke-width:.8}.map .l text{font-size:11px;font-weight:600}
.l.c0 rect{stroke:var(--c0)}.l.c1 rect{stroke:var(--c1)}.l.c2 rect{stroke:var(--c2)}.l.c3 rect{stroke:var(--c3)}
.l.c4 rect{stroke:var(--c4)}.map .l.c0 text{fill:var(--c0)}.map .l.c1 text{fill:var(--c1)}.map .l.c2 text{fill:var(--c2)}
.map .l.c3 text{fill:var(--c3)}.map .l.c4 text{fill:var(--c4)}
.under{fill:none;stroke:var(--bg);stroke-width:8}.e.x{stroke:var(--bad);stroke-width:3.6}.h.x{fill:var(--bad)}
.l.x rect{fill:var(--bad)}.map .l.x text{fill:var(--bg)}
.chart{display:block;width:100%;max-width:760px;min-width:560px;height:auto;margin:10px 0 4px}
.chart text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--soft)}
.chart .ct{font-size:12.5px;font-weight:600;fill:var(--fg)}.chart .ay,.chart .e{text-anchor:end}.chart text.ax{text-anchor:middle}
.chart text.f{text-anchor:start}.chart text.e{text-anchor:end}
.chart path{fill:none}.chart path.ax{stroke:var(--line)}.chart path.mk{stroke:var(--un);stroke-dasharray:2 3}
.chart text.mk{text-anchor:middle;fill:var(--un)}.s{stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.s0{stroke:var(--c0)}.s1{stroke:var(--c1);stroke-dasharray:7 4}.s2{stroke:var(--c2);stroke-dasharray:1 4}
.s3{stroke:var(--c3);stroke-dasharray:9 4 1 4}
.marks{font-size:.9rem}
footer{color:var(--soft);font-size:.86rem;padding-top:2em;padding-bottom:3em}
@media (max-width:600px){h1{font-size:1.5rem}.story{padding:2px 12px 6px}.timeline li{padding-left:0}
.sides .timeline li{padding-left:0}.matrix th[scope=row]{min-width:9.5em}.matrix td{min-width:7.5em}
.timeline .at,.sides .timeline .at{position:static;width:auto;display:block;text-align:left}header,main,footer,nav{padding-left:14px;padding-right:14px}}
@media print{:root{--bg:#fff;--fg:#000;--panel:#fff}body{font-size:10pt}nav,.skip{display:none}a{color:inherit}
.story,figure,.card,svg,tr{break-inside:avoid}.scroll,pre{overflow:visible;white-space:pre-wrap}
.story details::details-content,.cause::details-content{content-visibility:visible;block-size:auto}*{print-color-adjust:exact}}
)css";

}  // namespace

std::string_view style_sheet() { return sheet; }

}  // namespace watershed::reports::html
