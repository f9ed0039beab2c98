import { render } from 'preact';
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import { loadJapaneseLater } from './design/fonts';
import { App } from './App';
import { currentLanguage } from './messages';

document.documentElement.lang = currentLanguage();
const root = document.getElementById('app');
if (root) render(<App />, root);
loadJapaneseLater();
