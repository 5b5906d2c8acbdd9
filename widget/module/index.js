/** Loads the widget from a server once, and gives what speaks to it. */
let loading = null;

export function loadAssistant({ server, ...options }) {
  loading ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = new URL("/static/widget.js", server).href;
    tag.dataset.mount = "off";
    tag.onload = () => resolve(window.AseAssistant);
    tag.onerror = () => {
      loading = null;
      reject(new Error(`${tag.src} could not be loaded`));
    };
    document.head.append(tag);
  });
  return loading.then((assistant) => {
    assistant.mount({ server, ...options });
    return assistant;
  });
}
