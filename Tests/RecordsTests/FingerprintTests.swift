import Foundation
import Records
import Testing

@Suite("Digests and fingerprints")
struct FingerprintTests {
  /// The vectors of FIPS 180-2, appendix B.
  @Test(
    "Digests are SHA-256",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func knownVectors(text: String, hex: String) {
    #expect(Digest(of: text).hex == hex)
    #expect(Digest(of: Array(text.utf8)).hex == hex)
    var stream = DigestStream()
    for byte in text.utf8 { stream.update([byte]) }
    #expect(stream.finish().hex == hex)
    #expect(Digest(of: text).short == String(hex.prefix(16)))
  }

  @Test("A digest is a plain string in JSON")
  func digestIsAString() throws {
    let digest = Digest(of: "abc")
    #expect(try CanonicalJSON.string([digest]) == "[\"\(digest.hex)\"]")
    #expect(try CanonicalJSON.decode([Digest].self, from: CanonicalJSON.data([digest])) == [digest])
  }

  /// SHA-256 of the fields as the type's documentation lays them out, worked out elsewhere.
  @Test("The layout of fields is pinned")
  func layoutIsPinned() {
    var builder = FingerprintBuilder("k")
    builder.add("name", "va")
    builder.add("list", ["x", ""])
    #expect(builder.finish().hex == "552a9ab6c73205cbcad233724ca4f7d5efaf965cabaa727e697d61d53e8ebb4b")
  }

  @Test("No two sequences of fields are confused")
  func fieldBordersAreKept() {
    func print(_ kind: String, _ fields: [(String, String)]) -> Digest {
      var builder = FingerprintBuilder(kind)
      for (name, value) in fields { builder.add(name, value) }
      return builder.finish()
    }
    func print(lists: [[String]]) -> Digest {
      var builder = FingerprintBuilder("k")
      for list in lists { builder.add("a", list) }
      return builder.finish()
    }
    let prints = [
      print("k", []), print("l", []), print("k", [("a", "")]), print("k", [("", "a")]), print("k", [("a", "b")]),
      print("k", [("ab", "")]), print("k", [("a", "b"), ("c", "d")]), print("k", [("a", "bc"), ("", "d")]),
      print("k", [("c", "d"), ("a", "b")]), print("k", [("a", "b\u{0}c\u{0}1\u{0}d")]),
      print("k", [("a", "bc\u{0}1\u{0}d")]),
      print(lists: [["x", "y"]]), print(lists: [["xy"]]), print(lists: [["x"], ["y"]]),
      print(lists: [["x", "y"], []]),
      print(lists: [[], ["x", "y"]]), print(lists: [["x", "y", ""]]),
    ]
    #expect(Set(prints).count == prints.count)
  }

  @Test("Canonical JSON has sorted keys, no spaces and plain slashes")
  func canonicalJSON() throws {
    #expect(try CanonicalJSON.string(["b/c": 1.5, "a": 2, "é": 0.1]) == #"{"a":2,"b/c":1.5,"é":0.1}"#)
  }
}
