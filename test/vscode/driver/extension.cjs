/** Calls the language-model tool that tool-request.json names, and writes tool-answer.json. */
const vscode = require('vscode')

exports.activate = context => {
  const file = name => vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name)
  context.subscriptions.push(
    vscode.commands.registerCommand('driver.callTool', async () => {
      const request = JSON.parse(Buffer.from(await vscode.workspace.fs.readFile(file('tool-request.json'))).toString())
      let answer
      try {
        const { name, input } = request
        const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined })
        answer = { text: content.map(part => part.value).join('') }
      } catch (error) {
        answer = { error: `${error.name}: ${error.message}` }
      }
      answer.tools = vscode.lm.tools.map(({ name }) => name).filter(name => name.startsWith('liqnb'))
      await vscode.workspace.fs.writeFile(file('tool-answer.json'), Buffer.from(JSON.stringify(answer)))
    }),
  )
}
