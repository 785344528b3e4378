/**
 * The peer's pointer as the design has it. `:host` rules with `!important` win over everything the page says about the element. Its colours
 * are the same on light and dark pages: the white edge sets it off.
 */
export const POINTER_STYLE = `
:host {
  all: initial !important;
  display: block !important;
  position: fixed !important;
  inset: 0 !important;
  inline-size: auto !important;
  block-size: auto !important;
  overflow: clip !important;
  pointer-events: none !important;
  background: none !important;
  direction: ltr !important;
  forced-color-adjust: none !important;
}
:host::backdrop { display: none !important; }
.pointer {
  position: absolute;
  inset: 0 auto auto 0;
  opacity: 0;
  filter: drop-shadow(0 2px 4px #0006);
  transition: opacity 200ms;
}
.pointer.here { opacity: 1; }
.pointer.moving { transition: opacity 200ms, transform 80ms linear; }
svg { display: block; position: absolute; inset: -2px auto auto -3px; inline-size: 24px; block-size: 24px; }
path { fill: #4353e0; stroke: #fff; stroke-width: 1.6; stroke-linejoin: round; }
.name {
  position: absolute;
  inset: 18px auto auto 15px;
  max-inline-size: 20ch;
  overflow: hidden;
  text-overflow: ellipsis;
  padding: 2px 9px 3px;
  border-radius: 4px 12px 12px 12px;
  font: 600 12px/16px BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Inter, Roboto, "Noto Sans", system-ui, sans-serif;
  white-space: nowrap;
  unicode-bidi: isolate;
  background: #4353e0;
  color: #fff;
}
.name:empty { display: none; }
.pointer.left .name { inset-inline: auto 15px; border-radius: 12px 4px 12px 12px; }
.pointer.above .name { inset-block: auto 6px; border-radius: 12px 12px 12px 4px; }
.pointer.left.above .name { border-radius: 12px 12px 4px 12px; }
.ripple {
  position: absolute;
  inset: 0 auto auto 0;
  box-sizing: border-box;
  inline-size: 48px;
  block-size: 48px;
  margin: -24px 0 0 -24px;
  border: 2px solid #4353e0;
  border-radius: 50%;
  background: #4353e026;
  box-shadow: 0 0 0 1px #fff9, inset 0 0 0 1px #fff9;
  animation: ripple 700ms cubic-bezier(0.2, 0.8, 0.2, 1) both;
}
@keyframes ripple {
  from { scale: 0.25; opacity: 1; }
  60% { opacity: 1; }
  to { scale: 1; opacity: 0; }
}
@media (prefers-reduced-motion: reduce) {
  .pointer, .pointer.moving { transition: none; }
  .ripple { animation: none; }
}
@media print { :host { display: none !important; } }
`;
