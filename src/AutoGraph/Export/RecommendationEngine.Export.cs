namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Writes what this engine serves at this moment, with users and items that joined and without those removed (of which items still count in histories, as they do here), as <see cref="AutoGraphCatalog.ExportOnnx"/> does.</summary>
    /// <param name="folder">The folder, made where it is not there; the files of an earlier export are replaced.</param>
    /// <exception cref="NotSupportedException">The model has a part that cannot be exported; the message says which. Nothing was written.</exception>
    public void ExportOnnx(string folder) => OnnxExport.Write(_model, _pass, _snapshot, folder);
}
