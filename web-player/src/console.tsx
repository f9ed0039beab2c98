import { render } from 'preact';
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import { loadJapaneseLater } from './design/fonts';
import { wordBy } from './api/http';
import { currentLanguage } from './messages';
import { refusalInOurWords } from './messages/server';
import { Console } from './console/Console';

document.documentElement.lang = currentLanguage();
wordBy(refusalInOurWords);
const root = document.getElementById('app');
if (root) render(<Console />, root);
loadJapaneseLater();
