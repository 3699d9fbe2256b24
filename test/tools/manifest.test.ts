import { toJsonSchema } from '@valibot/to-json-schema'
import { describe, expect, it } from 'vitest'
import { contributes } from '../../package.json'
import { TOOLS } from '../../src/tools/definitions.ts'
import { INPUTS } from '../../src/tools/inputs.ts'

describe('the manifest', () => {
  it('announces the tools of VS Code as the code defines them', () => {
    const announced = TOOLS.map(({ name, title, description }) => {
      const { $schema: _, ...inputSchema } = toJsonSchema(INPUTS[name], { typeMode: 'input' })
      return { name: `liqnb_${name}`, displayName: title, modelDescription: description, inputSchema }
    })
    expect(contributes.languageModelTools).toMatchObject(announced)
    expect(contributes.languageModelTools).toHaveLength(TOOLS.length)
  })
})
