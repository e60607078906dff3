private import Records
internal import Yams

/// A stage's options outside of a pipeline: `option=value`, a list of them.
package enum OptionArguments {
  /// The defaults, but for what the arguments say; a path is relative to the working folder.
  ///
  /// - Throws: ``ToolError`` with status 64 that names the argument and what would fit.
  package static func options<Options: StageOptions>(
    _ type: Options.Type, _ arguments: [String]
  ) throws -> Options {
    var values = try StageOptionsCoding.defaults(of: type)
    for argument in arguments {
      let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, let node = try? Yams.compose(yaml: sides[1]) else {
        throw ToolError(.usage, "'\(argument)' is not of the form option=value")
      }
      guard let field = Options.fields.first(where: { $0.name == sides[0] }) else {
        let hint = nearestName(to: sides[0], among: Options.fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
        throw ToolError(.usage, "there is no option '\(sides[0])'\(hint)")
      }
      guard let value = OptionReader.value(node, field.kind, folder: nil) else {
        throw ToolError(.usage, "option '\(field.name)' is \(field.kind.expectation)")
      }
      values[field.name] = value
    }
    return try StageOptionsCoding.decode(type, from: .object(values))
  }
}
