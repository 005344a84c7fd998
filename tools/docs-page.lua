-- What the readers of tools/docs share: pages of the site, all in the folder $DOCS_OUT and made from docs/template.html.

local page = {}

local function read(path)
	local file = assert(io.open(path))
	local text = file:read('a')
	file:close()
	return text
end

local template = read('docs/template.html')

function page.escaped(text)
	return (text:gsub('[&<>]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;' }))
end

function page.link(name, label)
	return ('<a href="%s.html">%s</a>'):format(name, label)
end

-- The name of the page of a file or folder of the repository.
function page.of_source(path)
	return (path:gsub('/', '-'))
end

function page.html(blocks)
	return pandoc.write(pandoc.Pandoc(blocks), 'html', pandoc.WriterOptions { wrap_text = 'none', columns = 10000 })
end

-- The output of a command.
function page.output(command)
	local pipe = assert(io.popen(command))
	local text = pipe:read('a')
	pipe:close()
	return text
end

-- Writes a page: its name, and what the template has between dollars.
function page.write(name, values)
	local progress = os.getenv('DOCS_PROGRESS')
	if progress ~= '' then io.stderr:write(progress, 'docs: ', name) end
	values.all = os.getenv('DOCS_ALL'):gsub('href="' .. name:gsub('%p', '%%%0') .. '%.html"', '%0 aria-current="page"')
	local file = assert(io.open(os.getenv('DOCS_OUT') .. '/' .. name .. '.html', 'w'))
	file:write((template:gsub('%$(%a+)%$', values)))
	file:close()
end

page.read = read
return page
