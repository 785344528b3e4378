import { useModel } from './model-context.ts';

/** Tells those who listen how a transfer ended. */
export function Announcement() {
  const { arrivals } = useModel();
  return (
    <p class="only-heard" role="status">
      {arrivals.said.value}
    </p>
  );
}
