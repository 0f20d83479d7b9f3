using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>The API's document, made of what the routes and the contract say of themselves, comments included.</summary>
internal sealed partial class ApiDocument
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, XElement> _comments;

    private ApiDocument() => _comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "ipvland.xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    public static IEnumerable<RouteEndpoint> Routes(WebApplication app) =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(r => r.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }); // pages are for people

    public static string Of(WebApplication app) => new ApiDocument().Write(Routes(app));

    private string Write(IEnumerable<RouteEndpoint> routes)
    {
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            var path = route.RoutePattern.RawText!;
            if (!paths.TryGetValue(path, out var methods))
                paths[path] = methods = [];
            foreach (var method in route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods)
                methods[method.ToLowerInvariant()] = Operation(route, route.Metadata.GetRequiredMetadata<Operation>());
        }

        var problem = new JsonObject
        {
            ["description"] = "Refused, and nothing was changed: a problem of RFC 9457 with stable codes.",
            ["content"] = Content("application/problem+json", typeof(Problem)),
        };
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "ipvland",
                ["version"] = "1",
                ["description"] = "Networks, endpoints and routes of a node. On its Unix socket for root; over TCP with a token or a certificate. Fields are only ever added.",
            },
            ["security"] = new JsonArray(new JsonObject(), Requirement("token"), Requirement("certificate")),
            ["paths"] = Ordered(paths.Select(p => KeyValuePair.Create(p.Key, (JsonNode)p.Value))),
            ["components"] = new JsonObject
            {
                ["responses"] = new JsonObject { ["Problem"] = problem },
                ["schemas"] = Ordered(_schemas),
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["certificate"] = new JsonObject { ["type"] = "mutualTLS" },
                },
            },
        }.ToJsonString(Readable) + "\n";
    }

    private JsonObject Operation(RouteEndpoint route, Operation operation)
    {
        var parameters = new JsonArray();
        foreach (var part in route.RoutePattern.Parameters)
            parameters.Add(Parameter(part.Name, "path", "", "string", required: true));
        foreach (var said in operation.Parameters)
            parameters.Add(Parameter(said.Name, said.In, said.Description, said.Type, required: false));
        foreach (var message in operation.Messages)
            Schema(message);
        var reply = new JsonObject { ["description"] = operation.Reply is not null && Comment(operation.Reply) is { Length: > 0 } comment ? comment : "Done." };
        if (operation.Reply is not null)
            reply["content"] = Content(operation.MediaType, operation.Reply);
        var json = new JsonObject { ["summary"] = operation.Summary };
        if (parameters.Count > 0)
            json["parameters"] = parameters;
        if (operation.Request is not null)
            json["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", operation.Request) };
        json["responses"] = new JsonObject
        {
            [$"{operation.Status}"] = reply,
            ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" },
        };
        return json;
    }

    private static JsonObject Parameter(string name, string where, string description, string type, bool required)
    {
        var json = new JsonObject { ["name"] = name, ["in"] = where };
        if (description.Length > 0)
            json["description"] = description;
        if (required)
            json["required"] = true;
        json["schema"] = new JsonObject { ["type"] = type };
        return json;
    }

    private JsonObject Content(string media, Type type) => new() { [media] = new JsonObject { ["schema"] = Schema(type) } };

    private JsonNode Schema(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return new JsonObject { ["type"] = "array", ["items"] = Schema(type.GetGenericArguments()[0]) };
        if (type.Namespace != typeof(Problem).Namespace)
            return new JsonObject { ["type"] = "string" };
        if (!_schemas.ContainsKey(type.Name))
        {
            _schemas[type.Name] = new JsonObject();
            _schemas[type.Name] = ContractJson.Default.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) => Transform(type, context, schema),
            });
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private JsonNode Transform(Type owner, JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo.Type;
        if (context.Path.Length > 0 && type.Namespace == typeof(Problem).Namespace)
            return Schema(type);
        if (schema is not JsonObject json)
            return new JsonObject(); // anything: true, which not every reader knows
        var text = context.Path.Length == 0 ? Comment(type) : context.PropertyInfo is { } property ? Comment(owner, property.Name) : "";
        if (text.Length > 0)
            json.Insert(0, "description", text);
        return json;
    }

    private string Comment(Type type) => _comments.TryGetValue($"T:{type.FullName}", out var member) ? Text(member.Element("summary")) : "";

    private string Comment(Type owner, string jsonName)
    {
        var name = char.ToUpperInvariant(jsonName[0]) + jsonName[1..];
        return _comments.TryGetValue($"P:{owner.FullName}.{name}", out var member) && member.Element("summary") is { } own
            ? Text(own)
            : Text(_comments.GetValueOrDefault($"T:{owner.FullName}")?.Elements("param").FirstOrDefault(p => p.Attribute("name")!.Value == name));
    }

    private static string Text(XElement? comment)
    {
        if (comment is null)
            return "";
        foreach (var reference in comment.Descendants("see").Concat(comment.Descendants("paramref")).ToList())
            reference.ReplaceWith((reference.Attribute("cref")?.Value ?? reference.Attribute("name")!.Value).Split('.')[^1]);
        return Blanks().Replace(comment.Value, " ").Trim();
    }

    private static JsonObject Requirement(string scheme) => new() { [scheme] = new JsonArray() };

    private static JsonObject Ordered(IEnumerable<KeyValuePair<string, JsonNode>> all) => new(all.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
