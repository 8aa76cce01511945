// A link that was followed from another site comes without the cookie; one that starts here has it, and keeps the run that the fragment describes.
document.getElementById('enter').addEventListener('click', () => {
  const target = '/' + location.hash;
  history.replaceState(null, '', '/?again');
  location.href = target;
});
