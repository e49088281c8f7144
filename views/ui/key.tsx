/** Key caps of a chord with the platform's main modifier: ⌘ on a Mac, Ctrl elsewhere. */
export function ModifierKey({ then }: { then: string }) {
  return (
    <kbd>
      <span class="on-mac">⌘ {then}</span>
      <span class="off-mac">Ctrl {then}</span>
    </kbd>
  );
}
