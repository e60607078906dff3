private import Foundation
private import Records

/// Options as JSON values: defaults out, complete values in.
enum StageOptionsCoding {
  /// The defaults of `type`, all fields present.
  static func defaults<Options: StageOptions>(of type: Options.Type) throws -> [String: JSONValue] {
    let data = try CanonicalJSON.data(Options())
    guard case .object(let members) = try JSONDecoder().decode(JSONValue.self, from: data) else {
      throw InternalFault("options of \(type) are not a mapping")
    }
    return members
  }

  static func decode<Options: StageOptions>(_ type: Options.Type, from value: JSONValue) throws -> Options {
    try JSONDecoder().decode(type, from: CanonicalJSON.data(value))
  }
}
