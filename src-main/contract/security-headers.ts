/** Headers of every answer. The page loads from here and nowhere else, and runs no inline code. */
export const securityHeaders: Record<string, string> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'permissions-policy': [
    ...[
      'bluetooth',
      'camera',
      'display-capture',
      'geolocation',
      'hid',
      'local-fonts',
      'microphone',
      'midi',
      'payment',
    ],
    ...['screen-wake-lock', 'serial', 'usb'],
  ]
    .map((feature) => `${feature}=()`)
    .join(', '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
