/** The secrets that the kernel process knows. No text that leaves the process holds one. */
import { Redactor } from './redact.ts'

export const secrets = new Redactor()
