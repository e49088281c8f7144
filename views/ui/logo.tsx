/** Notes and prose on both sides of the spine, tied by one mark. */
export function Logo() {
  return (
    <>
      <svg
        width="18"
        height="18"
        viewBox="0 0 18 18"
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        aria-hidden="true"
      >
        <path d="M9 .8v4.4M9 12.8v4.4M.8 5.2h4.8M.8 9h4M.8 12.8h4.8M12.4 5.2h4.8M13.2 9h4M12.4 12.8h4.8" />
        <circle cx="9" cy="9" r="2.1" fill="currentColor" stroke="none" />
      </svg>
      ReYNa Studio
    </>
  );
}
