import '@fontsource/noto-sans-jp/400.css';
