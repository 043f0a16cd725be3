// Repeats the CSRF token of the page in every form and every request of a script.
(() => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  for (const form of document.querySelectorAll('form')) {
    if (form.method.toLowerCase() !== 'post') continue;
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'csrf_token';
    field.value = token;
    form.append(field);
  }
  window.jQuery.ajaxSetup({ headers: { 'X-CSRF-Token': token } });
})();
