import Testing
import Yams

@testable import Engine

@Suite("Option values")
struct OptionReaderTests {
  @Test("Numbers by name are those names, once each, in their range")
  func numbersByName() throws {
    let kind = OptionField.Kind.numbers(["ce", "kl"], 0...10)
    func value(_ text: String) throws -> JSONValue? {
      OptionReader.value(try #require(try Yams.compose(yaml: text)), kind)
    }
    #expect(try value("{ce: 1, kl: 0.5}") == .object(["ce": .double(1), "kl": .double(0.5)]))
    #expect(try value("{kl: 2}") == .object(["kl": .double(2)]))
    for wrong in ["{nce: 1}", "{ce: 11}", "{ce: much}", "1", "[1, 2]"] { #expect(try value(wrong) == nil, "\(wrong)") }
    #expect(kind.expectation.contains("ce, kl"))
  }
}
