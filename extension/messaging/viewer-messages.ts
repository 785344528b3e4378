import * as v from 'valibot';
import { ShareEnd, Signal } from '../core/protocol/messages.ts';
import { ItemId, PeerId } from '../core/shared/schemas.ts';
import { IceServerList } from '../core/signalling/server-messages.ts';

/** Viewer page and offscreen document talk over a port named `viewer`, since media is negotiated between the sharer and the page. */
export const ViewerUp = v.variant('type', [
  v.object({ type: v.literal('watch'), peerId: PeerId, shareId: ItemId }),
  v.object({ type: v.literal('signal'), signal: Signal }),
  /** The page shows nothing any more, and may ask again. */
  v.object({ type: v.literal('leave') }),
  /** Whether the microphone is captured in the page: off until it is said. Ends with the port. */
  v.object({ type: v.literal('microphone'), on: v.boolean() }),
]);
export const ViewerDown = v.variant('type', [
  /** The share was found and the sharer told; signals follow. Sent again after a reconnect: start over. */
  v.object({ type: v.literal('ready'), iceServers: IceServerList }),
  /** STUN and TURN from now on: others, or with new credentials. */
  v.object({ type: v.literal('ice-servers'), iceServers: IceServerList }),
  v.object({ type: v.literal('signal'), signal: Signal }),
  /** No such share any more, or it ended. */
  v.object({ type: v.literal('ended'), why: ShareEnd }),
  /** The sharer has let go of this page, and shows the share to it again when it is asked. */
  v.object({ type: v.literal('dropped') }),
  /** Another viewer page of this browser took the share over. */
  v.object({ type: v.literal('replaced') }),
]);

export type ViewerUp = v.InferOutput<typeof ViewerUp>;
export type ViewerDown = v.InferOutput<typeof ViewerDown>;
