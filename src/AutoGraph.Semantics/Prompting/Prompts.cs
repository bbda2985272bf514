namespace AutoGraph.Semantics.Prompting;

/// <summary>The built-in prompts: one call per item and per user (paper §3.2.1, App. C; the words are ours).</summary>
/// <remarks>
/// Item prompts need a column <c>Title</c> (the generic one none); user prompts need <c>History</c>, the titles of the user's earliest
/// training interactions in order of time, of which 30 are shown. All other columns of the row are listed as attributes:
/// leave out ids, they only cost tokens and keep equal rows from sharing a call.
/// </remarks>
public static class Prompts
{
    private const string ItemRules =
        "Write one plain paragraph of at most 150 words, in full sentences, without headings or lists. Use the attributes given above and what you " +
        "know for certain; where you do not know the work, describe what its title and attributes suggest, and invent no names, prizes or dates.";

    private const string ProductRules =
        "Write one plain paragraph of at most 150 words, in full sentences, without headings or lists. Use the attributes given above and what you " +
        "know for certain; where you do not know the product, describe what its title and attributes suggest, and invent no features, tests or prices.";

    private const string UserRules =
        "Write one plain paragraph of at most 150 words, in full sentences, without headings or lists, and do not repeat the list.";

    /// <summary>Films and series: columns <c>Title</c> and any others.</summary>
    public static PromptTemplate FilmItem { get; } = new("film-item", 1,
        "Film: {Title}\n{*}",
        "Introduce this film to someone who decides whether to watch it. Cover its genre, the people who made it, when and where it is set, " +
        "the outline of its plot, its themes, mood and style, and how it was received. " + ItemRules);

    /// <summary>Viewers: column <c>History</c> and any others.</summary>
    public static PromptTemplate FilmUser { get; } = new("film-user", 1,
        "A film viewer.\n{*}\nFilms liked, earliest first:\n{History:numbered 30}",
        "Analyse this viewer's taste. Which genres, film-makers and actors, periods and settings, kinds of plot, themes, moods and styles attract " +
        "them, and which films of the list show it? Say also what they would probably enjoy next, and what they would rather avoid. " + UserRules);

    /// <summary>Books: columns <c>Title</c> and any others.</summary>
    public static PromptTemplate BookItem { get; } = new("book-item", 1,
        "Book: {Title}\n{*}",
        "Introduce this book to someone who decides whether to read it. Cover its genre, its author and their other work, when and where it is set, " +
        "the outline of its story or argument, its themes, mood and style of writing, the readers it was written for, and how it was received. " + ItemRules);

    /// <summary>Readers: column <c>History</c> and any others.</summary>
    public static PromptTemplate BookUser { get; } = new("book-user", 1,
        "A reader.\n{*}\nBooks liked, earliest first:\n{History:numbered 30}",
        "Analyse this reader's taste. Which genres, authors, periods and settings, kinds of story or subject, themes, moods and styles of writing " +
        "attract them, and which books of the list show it? Say also what they would probably enjoy next, and what they would rather avoid. " + UserRules);

    /// <summary>Goods of a shop: columns <c>Title</c> and any others, such as brand, category and price.</summary>
    public static PromptTemplate ProductItem { get; } = new("product-item", 1,
        "Product: {Title}\n{*}",
        "Introduce this product to someone who decides whether to buy it. Cover what kind of thing it is and what it is used for, its maker and the " +
        "maker's standing, material and main features, style, level of quality and price, the people and occasions it suits, and what else one buys " +
        "along with it. " + ProductRules);

    /// <summary>Shoppers: column <c>History</c> and any others.</summary>
    public static PromptTemplate ProductUser { get; } = new("product-user", 1,
        "A customer of a shop.\n{*}\nProducts liked, earliest first:\n{History:numbered 30}",
        "Analyse this customer's preferences. Which kinds of products, uses, brands, materials and features, styles, levels of quality and price attract " +
        "them, and which products of the list show it? Say also what they would probably need or like next, and what they would rather avoid. " + UserRules);

    /// <summary>Songs and albums: columns <c>Title</c> and any others, such as artist, album and year.</summary>
    public static PromptTemplate MusicItem { get; } = new("music-item", 1,
        "Music: {Title}\n{*}",
        "Introduce this music to someone who decides whether to listen to it. Cover its genre, its performers and writers and their other work, the " +
        "scene and time it belongs to, instruments, voices and tempo, the subject of its words, its mood, the moments it suits, and how it was received. " + ItemRules);

    /// <summary>Listeners: column <c>History</c> and any others.</summary>
    public static PromptTemplate MusicUser { get; } = new("music-user", 1,
        "A music listener.\n{*}\nMusic liked, earliest first:\n{History:numbered 30}",
        "Analyse this listener's taste. Which genres, performers, scenes and times, instruments and voices, tempos, subjects and moods attract them, and " +
        "which pieces of the list show it? Say also what they would probably enjoy next, and what they would rather avoid. " + UserRules);

    /// <summary>Anything else: all columns of the row.</summary>
    public static PromptTemplate GenericItem { get; } = new("generic-item", 1,
        "An item of a catalogue.\n{*}",
        "Introduce this item to someone who decides whether it suits them. Cover what kind of thing it is, who makes it, what it is for and what " +
        "sets it apart, its style and quality, the people it appeals to and the occasions it fits. " + ItemRules);

    /// <summary>Users of anything else: column <c>History</c> and any others.</summary>
    public static PromptTemplate GenericUser { get; } = new("generic-user", 1,
        "A customer.\n{*}\nItems liked, earliest first:\n{History:numbered 30}",
        "Analyse this customer's preferences. Which kinds of things, makers, purposes, styles and levels of quality attract them, and which items of " +
        "the list show it? Say also what they would probably want next, and what they would rather avoid. " + UserRules);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PromptTemplate> All { get; } = [FilmItem, FilmUser, BookItem, BookUser, ProductItem, ProductUser, MusicItem, MusicUser, GenericItem, GenericUser];
}
