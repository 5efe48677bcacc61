import './journeys/pages.mjs';
