import Records
import Testing

@Suite("Suggested names")
struct NearestNameTests {
  @Test(
    "The nearest name is offered when it is near enough",
    arguments: [("sead", "seed"), ("SEED", "seed"), ("tolerence", "tolerance"), ("quite-else", nil)]
      as [(String, String?)])
  func nearest(word: String, expected: String?) {
    #expect(nearestName(to: word, among: ["version", "seed", "tolerance", "stages"]) == expected)
  }

  @Test("No name is offered where there is none")
  func nearestOfNone() { #expect(nearestName(to: "a", among: []) == nil) }
}
