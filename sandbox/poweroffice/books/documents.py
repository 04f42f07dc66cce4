"""Documents of vouchers (contract, section 9)."""

from io import BytesIO
from zipfile import ZipFile

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.search import Search


def listed(company: Company, call: Call) -> Listing:
    """``GET /VoucherDocumentation``: by voucher id or number, else of every voucher."""
    asked, search = call.asked, Search(company.documents, "VoucherId")
    search.equal("VoucherNo", asked.get("voucherNo"))
    wanted = asked.get("id")
    if wanted is not None:
        row = company.documents.get(wanted)
        search.keep([] if row is None else [row])
    return Listing(search.rows(), lambda row: {**answers.VOUCHER_DOCUMENTATION, **row})


def downloaded(company: Company, call: Call) -> Answer:
    """``GET /VoucherDocumentation/Download``: one zip; 204 when there is nothing of the asked type."""
    voucher_id, wanted = call.asked.get("id"), call.asked.get("documentationType") or "All"
    if voucher_id is None:
        raise RefusedError.problem(400, "Invalid query parameter(s)", "id is required.")
    files = company.document_files.get(voucher_id, []) if wanted in {"All", "Pdf"} else []
    if wanted == "Pdf":
        files = [each for each in files if each[0].lower().endswith(".pdf")]
    if not files:
        return Answer(204)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return Answer(200, buffer.getvalue(), content_type="application/zip")
