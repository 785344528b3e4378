import { render } from 'preact';
import * as v from 'valibot';
import { browser } from 'wxt/browser';
import { DoctorFacts } from '../../core/doctor/facts.ts';
import { askOffscreen } from '../../messaging/ask.ts';
import { doctorBrowser } from '../../platform/doctor-browser.ts';
import { DoctorPage } from '../../ui/components/doctor-page.tsx';
import { t } from '../../ui/text.ts';
import '../../ui/styles/doctor.css';

document.title = `${t('doctor_title')} · ${t('name')}`;
const about = { version: browser.runtime.getManifest().version, userAgent: navigator.userAgent };
const askFacts = async (withRelay = false) => v.parse(DoctorFacts, await askOffscreen('doctor-facts', { withRelay }));
const root = document.getElementById('root');
if (root) render(<DoctorPage browser={doctorBrowser} about={about} askFacts={askFacts} />, root);
