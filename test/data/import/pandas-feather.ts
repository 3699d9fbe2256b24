/** A Feather file as pandas and freqtrade write it: by pyarrow 25, compressed with LZ4. */
import { gunzipSync } from 'node:zlib'

/** 300 hours from 2024-06-19 21:00 UTC at 60,000; the volume counts 0, 1, 2, 3, 0, … */
const PACKED =
  'H4sIAAAAAAACA+2Xd1RTZxjGv0AIAaPGjcqxgHsL4kBBQAQFUSIyVBxBmRpFBJxUI2hR0UqtirPittRtrThLrVpHrZtat/VYt6VuapU+z81FMR' +
  '7OsX/4Xy/nvsn9Pd/7cnPznIcP7+DgoHBnIYpxjFUIoRU8bIVGqISVUOMdDoUS1wJXalSlXAVW4BU9+XjNwhmF01XW6mEeGi05z05mQu4ZnWBI' +
  'GR4tRJi0xkLoylhrhXOIISEJS0WavDa11NqqpdZa4jQkjBG58rpVZczka1x8bBzfF8hrT5Zaa2+2NmFk9AjetRqnSqIWeEZVpWtr6alo5WemsO' +
  'Wrg1l/VGQybx/rNdIUtWmtpPGeQ0N8JMLnP01h+kw8NLhr0zegkX6LsFRK95ZjLd4cGhCt9H2Y1tyW758zminerlNKP8I0p4xjgunDCaPqXV5y' +
  '7Sxf55npeWZ6oZleaKY3sn5XL7ku0fVmesm1WymmMvt84iNc623kZ+fUw07vlRaF37nFuCTQJYvrMtPVwsU4bpdWOMX9pRXOYY1aa4Wj7yDS1v' +
  'NBnY6DapWuoMUdSB8kgl5ah3L0KqSd1dtAWtsDkpg/BXTKbpSkR5AiG7eFpNOzq1M2aPNfQGtbtQO1dSd9MQr01tco565BOlCjPaStPTlr+VTQ' +
  '2XtQJj6GZGjiBikikl3+C0DbnwBtoOoAWs2D1DIZ9FEuyrXrkE7YdYS0N4iz1n8GumgvyvQnkMY0dYcUM5hdIQtBfU6COlt7gDp0Iq2QAvrqG5' +
  'R7v0O6ULMTpMM6ztqRAbp6H8rcp5DSmnlCShzCrkGLQHueAnVXe4E29SStORpUvQHl2Q1IN2t5QzrTi7P2TwPd/D3KsmeQZjXvDCk1il1DF4P2' +
  'PQ3a1cYHtK0Xab0xoFU2oihuQiqs3QXSlWDOOj4ddHc+Su5zSAta+ELKiGZXyhLQqDOgwbZ+oN7epC3HgtbZhKL5A9JL+66Q7vTmrPMzQA/9gL' +
  'L9BaSVLbtBmhPDLuNS0ISzoAPK+YMGdibtMA608WaUGrcgqeoEQHoSwlk3MkFP7UfJL4K0sVV3SEtj2ZX5Fej4c6BxmkDQcB9S3/GgrltovduQ' +
  'Kn3Sg9YL5ayHM2m9H1GO/U3rOfeEtC6OXfOXgU4tAE0qHwQ6uAupbgKo51Za7w4kewcdrRfOWUWzaL0DKAUvaT2XXpC2xbNreQ5o1q+gEysEgw' +
  '73JY1IBQ3YRuvdhdTQsTet14ezlLNpvYMo1/+h9VqHQNo3lF3rl4MuPg86vWIo6Fg/0phPQUO/pfXuQXJxCqP1+nJWxSxa7xDK/Ve0nms4pCPD' +
  '2LVjBeia30DnavuApnclTZwIqt9O692H5FG3L63Xj7NqfUHrHUZ5/prWa9MP0lkDu/avBN1yAXRZpQjQz7uRpk4CHfYdrfcAUrd6/Wm9CM6qP4' +
  'fWOwJqIQaAFrYlvToc9PgqlD0XIeVWHghpoT9nZRhBR++g9R5C6l1/EK3Xn12tvqT1joKWV+hBX7YjvTsC9PxqlJ8uQdpeJRLSqgDOmjMZdHIe' +
  'rfcnpIENBtN6A9jVcS6tdwzUzmIIqMqN9GkC6I01KKcvQ8qvGgVpU3fOWpoGOnMnrVcIKb5hNK03kF1+82i9n0HrWsaAVmLgCcHAe7gW5fIVSM' +
  'eqxULaFchZ69JBsxmeUxmeyY3iaD2Gp+jF8PRkeLZQxoPadyQtx8ArYnjeZngWVB8K6SDD07iN4bmC4ZnF8JzUeBitx/AU/RmeAQxPNysDaEOG' +
  'p6ieBKpk4D1meF6vge/C8STD07iP4bmB4bmY4TmjyQhaj+EpYhmeoQzPLio8JEcXhqdwZHhWZOC9ZnjetxsJ6SLD03iE4ZnH8FzD8JzXNJHWY3' +
  'iKUQxPPcMzyBofzNED4WkUzVJGZSnK/vtTS9poKIRn4ANkWnHJ4a8TAuQD+rLf68v+oD7Fe32KD+r7j/fphLc10Ve30NNGVPayFi3VXg5v+511' +
  '3EKV7i+W9mym/aoGOx6VtAvSynscpWjPvYW8B+NznSY/3JKHnGO2z/h/b/tx9rY5eIbe0v8Y/wJILQ3hagwAAA=='

export const pandasFeather = (): Uint8Array => gunzipSync(Buffer.from(PACKED, 'base64'))
