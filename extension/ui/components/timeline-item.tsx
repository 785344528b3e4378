import type { ItemOf, PeerState, TimelineItem } from '../../core/session/state.ts';
import { messageText } from '../models/display-text.ts';
import { linkify } from '../models/linkify.ts';
import { FileCard } from './file-card.tsx';
import { LinkCard } from './link-card.tsx';
import { useModel } from './model-context.ts';
import { PastShare } from './share-card.tsx';

/** One item, drawn by its kind. */
export function TimelineItemView({ item, peer }: { item: TimelineItem; peer: PeerState }) {
  switch (item.kind) {
    case 'chat':
      return <Message item={item} />;
    case 'link':
      return <LinkCard item={item} />;
    case 'file':
      return <FileCard item={item} peer={peer} />;
    case 'share':
      return <PastShare item={item} peer={peer} />;
  }
}

/** A chat message. Its direction is its own, whatever stands around it. */
export function Message({ item }: { item: ItemOf<'chat'> }) {
  return (
    <p class={item.mine ? (item.mark === 'waiting' ? 'msg mine waits' : 'msg mine') : 'msg'} dir="auto">
      {linkify(messageText(item.text)).map((part, index) =>
        // Parts never change their place: the index names them.
        part.kind === 'text' ? part.text : <TextLink key={`${index}-${part.url}`} url={part.url} text={part.text} />,
      )}
    </p>
  );
}

function TextLink({ url, text }: { url: string; text: string }) {
  const model = useModel();
  const open = (event: Event) => {
    event.preventDefault();
    model.watch(model.backend.openLink(url));
  };
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" dir="ltr" onClick={open}>
      {text}
    </a>
  );
}
