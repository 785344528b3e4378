import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

export interface DropZoneProps {
  /** What happens to what is dropped. */
  readonly label: string;
  /** Null while nothing may be dropped. */
  readonly onDrop: ((data: DataTransfer) => void) | null;
  readonly children: ComponentChildren;
}

/** Files and folders may be dropped anywhere on a screen: a second way to what a button on it does. */
export function DropZone({ label, onDrop, children }: DropZoneProps) {
  const zone = useRef<HTMLDivElement>(null);
  const [isOver, setOver] = useState(false);
  const take = useRef(onDrop);
  take.current = onDrop;
  // At once: to a screen that is seen something can be dropped, and where nobody takes it the browser leaves for the file.
  useLayoutEffect(() => {
    const { current } = zone;
    if (!current) return;
    const listening = new AbortController();
    const on = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      current.addEventListener(type, listener, { signal: listening.signal });
    on('dragover', (event) => {
      if (!take.current || !hasFiles(event)) return;
      event.preventDefault();
      // Else the cursor says that files will be moved away, where the system offers that.
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    });
    on('dragleave', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && current.contains(relatedTarget))) setOver(false);
    });
    on('drop', (event) => {
      setOver(false);
      if (!take.current || !event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      take.current(event.dataTransfer);
    });
    return () => listening.abort();
  }, []);
  return (
    <div class="screen" ref={zone}>
      {children}
      {isOver && (
        <p class="drop" aria-hidden="true">
          {label}
        </p>
      )}
    </div>
  );
}
