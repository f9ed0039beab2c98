import { render } from 'preact';
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import { loadJapaneseLater } from './design/fonts';
import { currentLanguage } from './messages';
import { Patches } from './patches/Patches';

document.documentElement.lang = currentLanguage();
const root = document.getElementById('app');
if (root) render(<Patches />, root);
loadJapaneseLater();
