/** What stock PeerJS clients use when told nothing else: WebSocket at `/peerjs?key=peerjs&…`, ids at `/peerjs/id`. */
export const PEER_PATH = '/';
export const PEER_KEY = 'peerjs';
